#!/usr/bin/env bash
# Builds images of brokers from Debian's packages, and from the jars that `havoq install kafka elasticmq` fetched.
# usage: docker/build.sh [name...]   names: redis rabbitmq nats postgres kafka elasticmq (all these when none is given); havoq
# BASE=debian:bookworm-slim takes the base image from a registry; else it is built on this machine.
# Prints the variables by which havoq takes these images in place of the official ones.
set -euo pipefail
cd "$(dirname "$0")"
cache=${HAVOQ_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/havoq}
names=("$@")
[ ${#names[@]} -gt 0 ] || names=(redis rabbitmq nats postgres kafka elasticmq)
if [ -z "${BASE:-}" ]; then
  BASE=havoq/base:bookworm
  base/build.sh "$BASE" >&2
fi
# This package with what it needs to run, and this machine's Node for a base image that has none.
stage_havoq() {
  mkdir -p "$1/bin" "$1/app"
  [[ $BASE = node:* ]] || cp "$(node -p process.execPath)" "$1/bin/node"
  local package
  package=$(cd .. && npm pack --silent --ignore-scripts --pack-destination "$1")
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$1/app" "$1/$package"
  rm "$1/$package"
}
# The legacy builder is there wherever Docker is; BuildKit takes the same files.
export DOCKER_BUILDKIT=${DOCKER_BUILDKIT:-0}
build() {
  local name=$1 context=$contexts/$1
  cp -r "$name" "$context"
  if grep -q '^COPY libs' "$name/Dockerfile"; then
    [ -d "$cache/$name/libs" ] || { echo "no jars; get them with: npx havoq install $name" >&2; exit 3; }
    cp -r "$cache/$name/libs" "$context"
  fi
  [ "$name" != havoq ] || stage_havoq "$context"
  docker build --quiet --network host --build-arg "BASE=$BASE" --tag "havoq/$name:local" "$context"
}
contexts=$(mktemp -d)
trap 'rm -rf "$contexts"' EXIT
# Beside each other: each waits for its packages.
building=()
for name in "${names[@]}"; do
  (build "$name") >&2 &
  building+=($!)
done
failed=0
for pid in "${building[@]}"; do wait "$pid" || failed=$?; done
[ "$failed" = 0 ] || exit "$failed"
for name in "${names[@]}"; do
  [ "$name" != havoq ] || continue
  recipe=$([ "$name" = elasticmq ] && echo sqs || echo "$name")
  echo "export HAVOQ_IMAGE_${recipe^^}=havoq/$name:local"
done
