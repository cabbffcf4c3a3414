// peer_duckdb.js FILE NOW: count the entries of an export by state, with
// DuckDB, which gets the one path that it needs.
'use strict'

const { DuckDBInstance } = require('@duckdb/node-api')

const [file, now] = process.argv.slice(2)

async function main () {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll(`
    SELECT CASE WHEN t IS NULL THEN 'none' WHEN t < ${Number(now)} THEN 'expired' ELSE 'live' END AS state,
      count(*)::INT AS n
    FROM (SELECT TRY_CAST(Item.ttl.N AS BIGINT) AS t
      FROM read_json('${file.replace(/'/g, "''")}', format = 'newline_delimited',
        columns = {Item: 'STRUCT(ttl STRUCT(N VARCHAR))'}))
    GROUP BY state ORDER BY state`)
  console.log(JSON.stringify(Object.fromEntries(reader.getRows())))
}

main()
