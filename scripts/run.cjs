// Runs a script of this repository, or says in one sentence what is missing where Node is too old for it.
// npm puts the platform package's Node 24 (an optional dependency) first on the path; the sentence is for where there is none.
const { resolve } = require('node:path')
const { pathToFileURL } = require('node:url')

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    'This needs Node 24 or newer and found ' +
      process.versions.node +
      ': no Node 24 package was installed for ' +
      process.platform +
      '-' +
      process.arch +
      ', so install Node 24 and run the command again.\n',
  )
  process.exit(1)
}

const script = resolve(process.argv[2])
process.argv.splice(1, 2, script)
void import(pathToFileURL(script).href)
