#!/bin/sh
# Makes a RabbitMQ in the folder $1 that has only the libraries that its core needs, as links into Debian's.
# Before Erlang 26, a start looks for each of 750 modules in every folder of `plugins`: with Debian's 70 that is 48,000
# files that are not there, and half of the time. havoq's tests start RabbitMQ a hundred times.
set -eu
from=$(echo /usr/lib/rabbitmq/lib/rabbitmq_server-*)
mkdir -p "$1/plugins" "$1/sbin"
ln -sfn "$from/escript" "$1/escript"
# The scripts take the folder above them for RabbitMQ's: copies, not links.
cp -L "$from/sbin/rabbitmq-server" "$from/sbin/rabbitmq-env" "$from/sbin/rabbitmq-defaults" "$1/sbin"
for library in amqp10_common aten credentials_obfuscation cuttlefish enough gen_batch_server getopt jsx observer_cli osiris \
  ra rabbit rabbit_common rabbitmq_prelaunch ranch recon seshat stdout_formatter syslog sysmon_handler systemd; do
  ln -sfn "$from/plugins/$library-"[0-9]* "$1/plugins/"
done
