// dynalite on 127.0.0.1, at a port that the kernel picks: printed when ready.
'use strict'

const server = require('dynalite')({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })

server.listen(0, '127.0.0.1', () => console.log(server.address().port))
