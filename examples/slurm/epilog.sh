#!/bin/sh
# Slurm epilog (`Epilog=` or `EpilogSlurmctld=`): the job has ended; everything that was said about it is over.
exec "${DPO_ENGINE_HINT_SCRIPT:-$(dirname "$0")/hint.sh}" end "${DPO_JOB_FALL_W:-}"
