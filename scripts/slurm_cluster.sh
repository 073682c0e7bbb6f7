#!/usr/bin/env bash
# A SLURM of one node on loopback, to test engine=slurm against: no systemd, no cgroups, nothing outside its folder.
#
#   scripts/slurm_cluster.sh up DIR [--accounting]    start it, or what is missing of it; print: export SLURM_CONF=...
#   scripts/slurm_cluster.sh down DIR                 cancel its jobs, and end the daemons that DIR holds the ids of
#
# Needs root, for slurmd runs jobs as the users who submit them, and (Debian's names) slurmctld, slurmd, slurm-client,
# munge; with --accounting also slurmdbd and mariadb-server. CPUS=4 in the environment is how many jobs run at a time.
set -euo pipefail

PATIENCE=60 # seconds that a daemon may take to answer, or to end
DAEMONS_DOWN=(slurmd slurmctld slurmdbd mariadbd munged) # in the order in which they are ended

die() { printf 'slurm_cluster: %s\n' "$*" >&2; exit 1; }

# --- waiting and daemons ---------------------------------------------------------------------------------------------

wait_for() { # WHAT COMMAND...: until the command succeeds
    local what=$1 end=$((SECONDS + PATIENCE)); shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < end)) || die "$what after $PATIENCE seconds; its log is in $dir/log"
        sleep 0.2
    done
}

is_up() { # NAME: whether the daemon whose id DIR holds is alive, and is that daemon
    local pid; pid=$(cat "$dir/$1.pid" 2>/dev/null) && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]
}

is_down() { ! is_up "$1"; }

end_daemon() { # NAME
    is_up "$1" || return 0
    local pid end=$((SECONDS + PATIENCE)); pid=$(cat "$dir/$1.pid")
    kill "$pid"
    while is_up "$1" && ((SECONDS < end)); do sleep 0.1; done
    ! is_up "$1" || kill -KILL "$pid"
    wait_for "$1 does not end" is_down "$1"
}

# --- ports: two folders have two clusters, which must not meet --------------------------------------------------------

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

choose_ports() { # three free ones in a row, from where the folder's name points
    local base; base=$((20000 + $(printf %s "$dir" | cksum | cut -d' ' -f1) % 10000))
    for ((port = base; port < base + 2000; port += 3)); do
        if is_free $port && is_free $((port + 1)) && is_free $((port + 2)); then return; fi
    done
    die "no three free ports in a row from $base to $((base + 2000))"
}

# --- what the daemons are told ---------------------------------------------------------------------------------------

write_slurm_conf() {
    local storage=none gather=none
    if [ "$accounting" = yes ]; then storage=slurmdbd gather=linux; fi
    cat >"$dir/slurm.conf.new" <<CONF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
# A requeued job waits for its old credential to expire: 8 seconds here, not two minutes.
AuthInfo=socket=$dir/munge.socket,cred_expire=8
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,sched_min_interval=100000,batch_sched_delay=0,bf_interval=1
SlurmdParameters=config_overrides
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ReturnToService=2
JobRequeue=1
KillWait=2
MaxArraySize=1001
AccountingStorageType=accounting_storage/$storage
AccountingStorageHost=localhost
AccountingStoragePort=$((port + 2))
AccountingStoragePass=$dir/munge.socket
JobAcctGatherType=jobacct_gather/$gather
NodeName=$host NodeAddr=127.0.0.1 CPUs=${CPUS:-4} RealMemory=8000 State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
    [ "$accounting" = yes ] || sed -i '/^AccountingStorage\(Host\|Port\|Pass\)/d' "$dir/slurm.conf.new"
    # From SLURM 23 on slurmd looks for cgroups even where no plugin uses them.
    local version; version=$(slurmd -V | grep -o '[0-9]*' | head -n 1)
    if [ "$version" -ge 23 ]; then echo CgroupPlugin=disabled >"$dir/cgroup.conf"; fi
    mv "$dir/slurm.conf.new" "$dir/slurm.conf"
}

write_slurmdbd_conf() {
    cat >"$dir/slurmdbd.conf" <<CONF
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=$((port + 2))
SlurmUser=root
PidFile=$dir/slurmdbd.pid
LogFile=$dir/log/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=root
StorageLoc=slurm_acct_db
CONF
    chmod 600 "$dir/slurmdbd.conf"
}

# --- starting one after the other ------------------------------------------------------------------------------------

start_munged() {
    [ -s "$dir/munge.key" ] || (umask 077 && head -c 128 /dev/urandom >"$dir/munge.key")
    # --force: a folder below /tmp is no place for a key that matters, and this one does not.
    is_up munged || munged --force --socket="$dir/munge.socket" --key-file="$dir/munge.key" --num-threads=2 \
        --pid-file="$dir/munged.pid" --log-file="$dir/log/munged.log" --seed-file="$dir/munge.seed" 2>>"$dir/log/munged.err"
    wait_for "munged does not answer" munge --socket="$dir/munge.socket" --no-input
}

sql() { mariadb --no-defaults --user=root --socket="$dir/mariadb.socket" "$@"; }

start_database() { # root comes in by the socket, without a password; nobody comes in by the network
    if [ ! -d "$dir/database/mysql" ]; then
        mariadb-install-db --no-defaults --user=root --datadir="$dir/database" --skip-test-db \
            --auth-root-authentication-method=socket >"$dir/log/mariadb_install.log" 2>&1
    fi
    if ! is_up mariadbd; then
        setsid mariadbd --no-defaults --user=root --datadir="$dir/database" --skip-networking \
            --socket="$dir/mariadb.socket" --pid-file="$dir/mariadbd.pid" --innodb-buffer-pool-size=64M \
            --innodb-lock-wait-timeout=900 >>"$dir/log/mariadb.log" 2>&1 </dev/null &
    fi
    wait_for "mariadbd does not answer" sql --execute='select 1'
}

start_accounting() {
    start_database
    is_up slurmdbd || MYSQL_UNIX_PORT="$dir/mariadb.socket" slurmdbd
    wait_for "slurmdbd does not answer" sacctmgr --noheader list cluster
    sacctmgr --noheader --parsable2 list cluster format=cluster | grep -qx loopback ||
        sacctmgr --immediate --quiet add cluster loopback >/dev/null
}

is_idle() { sinfo --noheader --format=%T | grep -Eqx 'idle|mixed|allocated'; }

up() {
    for command in munged munge slurmctld slurmd sinfo; do
        command -v $command >/dev/null || die "there is no $command (apt-get install slurmctld slurmd slurm-client munge)"
    done
    [ "$accounting" = no ] || for command in slurmdbd mariadbd mariadb-install-db; do
        command -v $command >/dev/null || die "there is no $command (apt-get install slurmdbd mariadb-server)"
    done
    mkdir -p "$dir"/{log,state,spool,database}
    if [ -s "$dir/slurm.conf" ]; then
        local held=no; if grep -q accounting_storage/slurmdbd "$dir/slurm.conf"; then held=yes; fi
        [ "$held" = "$accounting" ] || die "$dir holds a cluster that was made with accounting=$held: take another folder"
        port=$(sed -n 's/^SlurmctldPort=//p' "$dir/slurm.conf")
    else
        choose_ports
        write_slurm_conf
    fi
    start_munged
    if [ "$accounting" = yes ]; then
        write_slurmdbd_conf
        start_accounting
    fi
    is_up slurmctld || slurmctld
    wait_for "slurmctld does not answer" scontrol ping
    is_up slurmd || slurmd
    wait_for "the node does not get ready" is_idle
    echo "export SLURM_CONF=$SLURM_CONF"
}

no_job() { [ -z "$(timeout 10 squeue --noheader --format=%i)" ]; }

down() {
    if is_up slurmctld && is_up slurmd; then
        timeout 10 scancel --quiet --partition=test || true
        PATIENCE=20 wait_for "jobs do not end" no_job || true
    fi
    for name in "${DAEMONS_DOWN[@]}"; do end_daemon "$name"; done
}

# --- the command line ------------------------------------------------------------------------------------------------

usage="usage: slurm_cluster.sh up DIR [--accounting] | down DIR"
verb=${1:-} dir=${2:-} accounting=no
case "$verb:$#:${3:-}" in
up:2: | down:2:) ;;
up:3:--accounting) accounting=yes ;;
*) die "$usage" ;;
esac
[ "$(id -u)" = 0 ] || die "must run as root: slurmd runs jobs as the users who submit them"
dir=$(realpath -m "$dir")
[[ "$dir" != *[^A-Za-z0-9/._-]* ]] || die "$dir must be of letters, digits, '.', '_' and '-': SLURM's files quote nothing"
# A socket's path has 107 characters at most, and the longest one below DIR takes about 40.
[ ${#dir} -le 66 ] || die "the path of $dir is too long for the sockets in it: at most 66 characters"
host=$(hostname -s)
export SLURM_CONF=$dir/slurm.conf
"$verb"
