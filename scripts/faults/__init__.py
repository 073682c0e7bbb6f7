"""Parts of the scripts that kill sweeps and race them. They know the command line and the files of a study alone."""
