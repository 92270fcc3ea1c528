#!/bin/sh
# One node for `host: external`, reached as 127.0.0.1:9092; a container that havoq starts gets a configuration of its own.
set -e
/opt/kafka/bin/kafka-storage.sh format --ignore-formatted -t havoq-external-kafka-A -c /opt/kafka/config/server.properties
exec /opt/kafka/bin/kafka-server-start.sh /opt/kafka/config/server.properties
