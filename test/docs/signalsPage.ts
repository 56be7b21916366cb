/** `docs/signals.md`, made from the catalogue. `npm run docs` writes it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Signal, SignalSource } from '../../src/vehicle/signal'
import { signalGroups, signalIds, signalOf, signalsOf, type SignalGroup } from '../../src/vehicle/signals'

export const signalsFile = join(__dirname, '../../docs/signals.md')

const clouds: Readonly<Record<SignalSource, string>> = {
  volvo: 'Volvo',
  'volvo-energy-v2': 'Volvo (energy v2)',
  'volvo-energy-v1': 'Volvo (energy v1)',
  'volvo-location': 'Volvo (location)',
  'stellantis-v4': 'Stellantis v4',
  'stellantis-v1': 'Stellantis v1',
  invers: 'INVERS',
}

const top = `# Signals

Every fact that a car can tell, ${signalIds.length} in ${signalGroups.length} groups. A message has them in \`payload.<group>.<key>\`, with unit and time in
\`readings['<group>.<key>']\`; on MQTT they are in the state, and at \`driveway/<car>/values/<group>/<key>\` where that is
switched on. Which of them your car has, only your car knows: what its cloud does not tell is not there. The value
\`unknown\` stands for a word of the cloud that Driveway does not know.

This page is made from the catalogue (\`src/vehicle/signals/\`) by \`npm run docs\`.
`

export function signalsPage(): string {
  return [top, ...signalGroups.map(sectionOf)].join('\n')
}

function sectionOf(group: SignalGroup): string {
  const rows = signalsOf([group]).map((id) => {
    const signal = signalOf(id)
    return `| \`${id}\` | ${signal.label} | ${valuesOf(signal)} | ${toldBy(signal)} |`
  })
  return [`## ${group}`, '', '| signal | what | values | told by |', '| --- | --- | --- | --- |', ...rows, ''].join('\n')
}

function valuesOf({ type, unit, words, shape, min, max }: Signal): string {
  if (words) return `${type === 'words' ? 'list of ' : ''}${words.map((word) => `\`${word}\``).join(' ')}`
  if (shape !== undefined) return `${type}: \`${shape.replaceAll('|', '\\|')}\``
  const range = min !== undefined && max !== undefined ? `, ${min} to ${max}` : ''
  return `${type === 'words' ? 'list of words' : type}${unit === undefined ? '' : `, ${unit}`}${range}`
}

function toldBy({ from, derived, onlyWhileCharging }: Signal): string {
  const names = from.map((source) => clouds[source])
  const notes = [derived && 'made here', onlyWhileCharging && 'while charging'].filter(Boolean)
  if (names.length === 0 && !derived) names.push('no cloud today')
  return [...names, ...notes].join(', ')
}

if (require.main === module) writeFileSync(signalsFile, signalsPage())
