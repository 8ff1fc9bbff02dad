#!/bin/sh
# Tells the DPO Engine something about this Slurm job. Called by prolog.sh and epilog.sh, and by a job itself:
#   hint.sh checkpoint 12 3000     # a checkpoint of 12 s now, 3 kW lower meanwhile
#   hint.sh period 2.5             # iterations of 2.5 s
#   hint.sh cap 9000               # the job is capped to 9 kW a rack from now on
#
# DPO_ENGINE_HINTS             where the engine takes hints (http://127.0.0.1:8099 unless set)
# DPO_ENGINE_HINTS_TOKEN_FILE  file with the token, if the engine wants one
# DPO_ENGINE_GATEWAY           the gateway of this node's rack, as the engine names it; all of them unless set
#
# A hint is advice: no failure here may keep a job from running, so this always ends with 0 and says why on stderr.
set -u

url="${DPO_ENGINE_HINTS:-http://127.0.0.1:8099}/v1/hints"
job="${SLURM_JOB_ID:-}"
if [ -z "$job" ]; then
    echo "hint.sh: SLURM_JOB_ID is not set" >&2
    exit 0
fi

# Only digits and a point go into the JSON as numbers.
number() {
    case "$2" in
        '' | *[!0-9.]* | *.*.* | .)
            echo "hint.sh: $1: '$2' is no number" >&2
            exit 0
            ;;
    esac
}
# Job and gateway go in as text: no quote, backslash or control character.
text() {
    case "$2" in
        *[!A-Za-z0-9_.:@/-]*)
            echo "hint.sh: $1: '$2' has other characters than letters, digits and _.:@/-" >&2
            exit 0
            ;;
    esac
}
text SLURM_JOB_ID "$job"
body="\"job\":\"$job\""
if [ -n "${DPO_ENGINE_GATEWAY:-}" ]; then
    text DPO_ENGINE_GATEWAY "$DPO_ENGINE_GATEWAY"
    body="$body,\"gateway\":\"$DPO_ENGINE_GATEWAY\""
fi
kind="${1:-}"
case "$kind" in
    start | end)
        body="$body,\"kind\":\"$kind\""
        if [ -n "${2:-}" ]; then number watts "$2"; body="$body,\"power_w\":$2"; fi
        if [ -n "${3:-}" ]; then number seconds "$3"; body="$body,\"in_s\":$3"; fi
        ;;
    period)
        number seconds "${2:-}"
        body="$body,\"kind\":\"period\",\"length_s\":$2"
        ;;
    checkpoint)
        number seconds "${2:-}"
        body="$body,\"kind\":\"checkpoint\",\"length_s\":$2"
        if [ -n "${3:-}" ]; then number watts "$3"; body="$body,\"power_w\":$3"; fi
        ;;
    cap)
        number watts "${2:-}"
        body="$body,\"kind\":\"cap\",\"power_w\":$2"
        ;;
    *)
        echo "hint.sh: wants start [W [S]], end [W [S]], period S, checkpoint S [W] or cap W" >&2
        exit 0
        ;;
esac

# The token stands in a file, never on a command line that others can list.
header=/dev/null
if [ -n "${DPO_ENGINE_HINTS_TOKEN_FILE:-}" ]; then
    header=$(mktemp) || exit 0
    trap 'rm -f "$header"' EXIT
    { printf 'Authorization: Bearer '; cat "$DPO_ENGINE_HINTS_TOKEN_FILE"; } >"$header"
fi
if ! answer=$(curl --silent --show-error --max-time 2 --noproxy '*' --header "@$header" \
    --header 'Content-Type: application/json' --data "{$body}" --write-out '\n%{http_code}' "$url" 2>&1); then
    echo "hint.sh: $answer" >&2
elif [ "${answer##*
}" != 201 ]; then
    echo "hint.sh: refused: $answer" >&2
fi
exit 0
