/*
 * How the saved settings of nodes became what they are now: for each type a list of steps, the n-th of which leads from
 * version n to n + 1. Used by the runtime when a node starts and by the dialog when it opens, so that a flow of any age
 * does what it did. Steps are only ever added; a step keeps what it does not know.
 */
;(function (make) {
  const migrations = make()
  if (typeof module === 'object' && module.exports) module.exports = migrations
  if (typeof window === 'object') window.driveway = Object.assign(window.driveway || {}, { migrations })
})(() => {
  /** What is missing gets this value. */
  const fill = (usual) => (saved) => ({
    ...usual,
    ...Object.fromEntries(Object.entries(saved).filter(([, value]) => value !== undefined && value !== null)),
  })

  /** 0: written by hand or by a program, without a version. */
  const steps = {
    'driveway-account': [fill({ provider: 'volvo', server: 'production', vehicles: [], allow: [], freshness: {} })],
    'driveway-mqtt': [fill({ base: '', discovery: false, values: false, location: 'off', commands: [] })],
    'driveway-command': [fill({ onFailure: 'error', progress: false, dryRun: false, outputs: 1 })],
    'driveway-charging': [fill({ profile: 'normal', emit: 'events', initial: false, forMqttOut: false, outputs: 1 })],
    'driveway-state': [fill({ groups: [], onChange: false, forMqttOut: false, outputs: 1 })],
    'driveway-monitor': [fill({ where: 'local', vehicles: [], triggers: [], extend: [], actions: [], forMqttOut: false })],
  }

  /** The version that nodes of a type are saved with now. */
  const current = (type) => (steps[type] || []).length

  const versionOf = ({ version }) => (Number.isInteger(Number(version)) && Number(version) >= 0 ? Number(version) : 0)

  /** Saved settings as they are written now; those of a newer version are left as they are. `chain`: for tests. */
  const migrate = (type, saved, chain = steps[type] || []) => {
    const from = versionOf(saved)
    if (from >= chain.length) return saved
    return { ...chain.slice(from).reduce((settings, step) => step(settings), saved), version: chain.length }
  }

  return { current, migrate, types: Object.keys(steps) }
})
