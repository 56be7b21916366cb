/** The floors of the house: imports go down only, and never in a circle. Type imports count. */
const floors = ['vehicle', 'cloud', 'providers', 'account', 'monitors|mirror', 'nodes']
const room = (name) => (name === 'nodes' ? '^nodes/' : `^src/(${name})/`)

module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    ...floors.slice(0, -1).map((name, floor) => ({
      name: `${name}-imports-down-only`,
      severity: 'error',
      from: { path: room(name) },
      to: { path: `(${floors.slice(floor + 1).map(room).join('|')})` },
    })),
    {
      name: 'mirror-and-monitors-side-by-side',
      severity: 'error',
      from: { path: '^src/mirror/' },
      to: { path: '^src/monitors/' },
    },
    {
      name: 'simulator-is-a-second-reading',
      comment: 'The simulator shares no wire code with the providers: vocabulary and clock only.',
      severity: 'error',
      from: { path: '^src/simulator/' },
      to: { path: '^(src|nodes)/', pathNot: '^src/(simulator/|vehicle/|clock\\.ts$)' },
    },
    {
      name: 'only-nodes-know-the-simulator',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/simulator/' },
      to: { path: '^src/simulator/' },
    },
    {
      name: 'providers-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/providers/([^/]+)/' },
      to: { path: '^src/providers/([^/]+)/', pathNot: '^src/providers/$1/' },
    },
    {
      name: 'no-node-red-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: 'node_modules/(@types/)?(@?node-red)' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
  },
}
