#!/usr/bin/env bash
# Builds the base image of the others from Debian's packages alone: for machines that reach no container registry.
set -euo pipefail
tag=${1:-havoq/base:bookworm}
docker image inspect "$tag" >/dev/null 2>&1 && exit 0
command -v debootstrap >/dev/null || {
  echo "debootstrap is missing; get it with: apt-get install debootstrap" >&2
  exit 3
}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase bookworm "$root" >"$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; exit 3; }
rm -rf "$root.log" "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
tar -C "$root" -c . | docker import - "$tag" >/dev/null
echo "$tag"
