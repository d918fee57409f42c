// A preload: what Node makes of sources is kept from one start to the next, beside the packages of this repository.
// A folder of its own, because whoever can write there can have code run.
const { enableCompileCache } = require('node:module')
const { join } = require('node:path')

// An older Node does not have it; it is told what is missing by the script itself.
enableCompileCache?.(join(__dirname, '..', 'node_modules', '.cache', 'compile'))
