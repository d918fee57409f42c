// Says in one sentence what is missing when the scripts would run on a Node that is too old for them.
// npm puts the platform package's Node 24 (an optional dependency) first on the path; this is for where there is none.
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
