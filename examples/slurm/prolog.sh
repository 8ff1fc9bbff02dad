#!/bin/sh
# Slurm prolog (`Prolog=` or, on one node a job, `PrologSlurmctld=`): the job starts in a few seconds.
# DPO_JOB_RISE_W, if the site knows it (from the partition, or from a job before): by how many watts a rack's load rises.
exec "${DPO_ENGINE_HINT_SCRIPT:-$(dirname "$0")/hint.sh}" start "${DPO_JOB_RISE_W:-}" "${DPO_JOB_START_S:-2}"
