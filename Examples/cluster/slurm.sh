#!/bin/bash
# A job of several processes: sbatch Examples/cluster/slurm.sh train recipe.yaml --out runs/mine
#SBATCH --job-name=touchstone
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=32
#SBATCH --time=08:00:00
# What one process loses is done by the others in audits; training goes on from its checkpoint when it is queued again.
#SBATCH --no-kill
#SBATCH --requeue
set -euo pipefail

MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
# Jobs that share a node do not meet at one port.
MASTER_PORT=$((20000 + SLURM_JOB_ID % 20000))
export MASTER_ADDR MASTER_PORT

srun --kill-on-bad-exit=0 bash -c '
  export RANK=$SLURM_PROCID WORLD_SIZE=$SLURM_NTASKS
  exec touchstone "$@"
' touchstone "$@"
