#!/usr/bin/python3
"""Write a directory like DynamoDB's export to S3 in a bucket.

    s3_export.py --endpoint URL --table T --bucket DIRECTORY [--prefix P]
        [--shape full|incremental] [--files N] [--time ISO]

Writes manifests and data files as the Developer Guide describes them, and prints
the directory of the export. An incremental export also contains deletes, with
keys that are not in the table.
"""

import argparse
import base64
import gzip
import hashlib
import json
import os

from count import scan
from ddb import connect

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/"


def md5(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def plain(value):
    """An AttributeValue for JSON."""
    (kind, v), = value.items()
    if kind == "B":
        return {kind: base64.b64encode(v).decode()}
    if kind == "BS":
        return {kind: [base64.b64encode(x).decode() for x in v]}
    if kind == "L":
        return {kind: [plain(x) for x in v]}
    if kind == "M":
        return {kind: {name: plain(x) for name, x in v.items()}}
    return value


def gone(value, n):
    """A key of the same type that no entry has."""
    kind, = value
    return {"S": {"S": "gone:%d" % n}, "N": {"N": "-77%09d" % n}, "B": {"B": base64.b64encode(b"gone%d" % n).decode()}}[kind]


def lines(options, items, names):
    """The lines of the export, each as an object."""
    for n, item in enumerate(items):
        item = {name: plain(value) for name, value in item.items()}
        if options.shape == "full":
            yield {"Item": item}
            continue
        keys = {name: item[name] for name in names}
        stamp = {"WriteTimestampMicros": {"N": str(1795000000000000 + n)}}
        line = {"Metadata": stamp, "Keys": keys, "NewImage": item}
        if options.view == "NEW_AND_OLD_IMAGES" and n % 3:
            line["OldImage"] = dict(keys, was={"S": "another"})
        yield line
        if n % 10 == 0:
            keys = {name: gone(item[name], n) for name in names}
            line = {"Metadata": stamp, "Keys": keys}
            if options.view == "NEW_AND_OLD_IMAGES":
                line["OldImage"] = dict(keys, was={"S": "here"})
            yield line


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--endpoint", required=True)
    p.add_argument("--table", required=True)
    p.add_argument("--bucket", required=True, help="the directory that stands for it")
    p.add_argument("--prefix", default="")
    p.add_argument("--id", default="01795332271000-1a2b3c4d", help="of the export")
    p.add_argument("--shape", choices=["full", "incremental"], default="full")
    p.add_argument("--view", choices=["NEW_IMAGE", "NEW_AND_OLD_IMAGES"], default="NEW_AND_OLD_IMAGES")
    p.add_argument("--files", type=int, default=4, help="data files, one more without an entry")
    p.add_argument("--time", default="2026-11-22T08:12:00.123Z", help="what the data is of")
    p.add_argument("--bare-keys", action="store_true", help="keys in the manifest without the prefix")
    p.add_argument("--checksum", choices=["md5", "checksum"], default="md5", help="what the manifests' sums end in")
    options = p.parse_args()

    client = connect(options.endpoint)
    schema = client.describe_table(TableName=options.table)["Table"]["KeySchema"]
    names = [k["AttributeName"] for k in schema]
    top = (options.prefix + "/" if options.prefix else "") + "AWSDynamoDB/"
    data = top + ("data/" if options.shape == "incremental" else options.id + "/data/")
    whole = [[] for _ in range(options.files + 1)]
    for n, line in enumerate(lines(options, scan(client, options.table), names)):
        whole[n % options.files].append(json.dumps(line, ensure_ascii=n % 2 == 0, separators=(",", ":")))

    def write(key, content):
        path = os.path.join(options.bucket, key)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content)

    files, total = [], 0
    for n, part in enumerate(whole):
        content = gzip.compress("".join(line + "\n" for line in part).encode(), mtime=0)
        key = data + hashlib.sha1(b"%d" % n + data.encode()).hexdigest()[:26] + ".json.gz"
        write(key, content)
        total += len(part)
        told = key[len(options.prefix) + 1:] if options.bare_keys and options.prefix else key
        files.append({"itemCount": len(part), "md5Checksum": md5(content), "etag": hashlib.md5(content).hexdigest() + "-1",
                      "dataFileS3Key": told})

    own = top + options.id + "/"
    summary = {
        "version": "2020-06-30", "exportArn": ARN + options.table + "/export/" + options.id,
        "startTime": options.time, "endTime": options.time, "tableArn": ARN + options.table,
        "tableId": "12345678-1234-1234-1234-123456789012", "exportTime": options.time,
        "s3Bucket": "bucket", "s3Prefix": options.prefix or None, "s3SseAlgorithm": "AES256", "s3SseKmsKeyId": None,
        "manifestFilesS3Key": own + "manifest-files.json", "billedSizeBytes": 0, "itemCount": total,
        "outputFormat": "DYNAMODB_JSON"}
    if options.shape == "incremental":
        del summary["exportTime"]
        summary.update(exportType="INCREMENTAL_EXPORT", exportFromTime="2026-11-21T08:12:00Z",
                       exportToTime=options.time, outputView=options.view)
    for name, content in (
            ("manifest-summary", json.dumps(summary)),
            ("manifest-files", "".join(json.dumps(f) + "\n" for f in files))):
        write(own + name + ".json", content.encode())
        write(own + name + "." + options.checksum, md5(content.encode()).encode())
    write(own + "_started", b"")
    print(os.path.join(options.bucket, own))


if __name__ == "__main__":
    main()
