#!/usr/bin/python3
"""A script as a team would write it with boto3: scan, and batch_writer.

    peer.py count|purge TABLE
    peer.py restore TABLE FILE     {"Item":{...}} lines
"""

import json
import os
import sys
import time

import boto3
from boto3.dynamodb.conditions import Attr
from boto3.dynamodb.types import TypeDeserializer


def pages(table, **options):
    while True:
        page = table.scan(**options)
        yield page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        options["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def count(table):
    now = time.time()
    states = {"live": 0, "expired": 0, "none": 0}
    for items in pages(table):
        for item in items:
            states["none" if "ttl" not in item else "expired" if item["ttl"] < now else "live"] += 1
    print(states)


def purge(table):
    options = {"ProjectionExpression": "#k", "ExpressionAttributeNames": {"#k": "key"},
               "FilterExpression": Attr("ttl").lt(int(time.time()))}
    with table.batch_writer() as batch:
        for items in pages(table, **options):
            for item in items:
                batch.delete_item(Key=item)


def restore(table, path):
    typed = TypeDeserializer().deserialize
    with table.batch_writer() as batch, open(path, encoding="utf-8") as lines:
        for line in lines:
            batch.put_item(Item={name: typed(value) for name, value in json.loads(line)["Item"].items()})


def main():
    what, name, *more = sys.argv[1:]
    # Debian's boto3 does not read it.
    service = boto3.resource("dynamodb", endpoint_url=os.environ["AWS_ENDPOINT_URL_DYNAMODB"])
    {"count": count, "purge": purge, "restore": restore}[what](service.Table(name), *more)


if __name__ == "__main__":
    main()
