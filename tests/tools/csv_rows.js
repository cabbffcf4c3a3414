// csv_rows.js FILE: print its rows as csv-parse reads them, a JSON array a line.
'use strict';
const fs = require('fs');
const { parse } = require('csv-parse/sync');

for (const row of parse(fs.readFileSync(process.argv[2])))
	process.stdout.write(JSON.stringify(row) + '\n');
