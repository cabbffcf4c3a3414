#!/usr/bin/python3
"""Delete all tables: empty.py URL"""

import sys

from ddb import connect

client = connect(sys.argv[1])
while True:
    names = client.list_tables()["TableNames"]
    if not names:
        break
    for name in names:
        try:
            client.delete_table(TableName=name)
        except client.exceptions.ResourceNotFoundException:
            pass
