"""``python -m biasvar`` is ``biasvar``."""

from biasvar.cli.main import main

if __name__ == "__main__":
    main()
