/** Whatever a person may be told is in the catalogue, whole or put together from its pieces, and so in every language. */
import { expect } from 'chai'
import { factsOf } from '../../nodes/monitor/facts'
import { fieldLabels } from '../../src/account/settings'
import { operands } from '../../src/providers/stellantis/operands'
import { commands } from '../../src/vehicle/commands'
import { signals } from '../../src/vehicle/signals'
import { sentencesIn, sharedIn, writtenSentences, type Written } from '../support/sentences'

/** What the sources put together. Values are `§`. */
const assembled = [
  'Signed out by § (not used for § days)',
  'What is known of the cars cannot be written down (§)',
  '§ cannot do "§". It can: §',
  '§ cannot do "§"',
  "§: today's § calls are used up",
  'The provider allows no more channels. There are: §',
  ...['no answer', 'no such host', 'nothing listens there', 'it hangs up without a word', 'the connection was lost'].map(
    (why) => `The MQTT broker at § cannot be reached (${why})`,
  ),
  ...['The payload', 'The payload: §', "The account's settings", "The account's §", 'the parameters', 'the parameter §'].flatMap(
    (where) => [`${where} is not valid`, `${where} must be given`],
  ),
  "The account's cars no. § VIN or id",
  "The account's cars no. § short name",
  ...['a number', 'a whole number', 'a text', 'true or false', 'a list', 'an object with names and values', 'a §'].map(
    (type) => `the parameter § must be ${type}`,
  ),
  ...['less than', 'at most', 'more than', 'at least'].flatMap((how) => [
    `the parameter § must be ${how} §`,
    `the parameter § no. § must have ${how} § characters`,
    `the parameter § no. § § must have ${how} § entries`,
  ]),
  ...['trigger "§" data "§"', 'trigger no. § data "§"'].flatMap((where) => [
    `The monitor's ${where} cannot be watched by the provider (where: provider); "§" watches it together with others`,
    `The monitor's ${where} cannot be watched by the provider (where: provider); it can be watched with "where: local"`,
  ]),
  'The monitor\'s trigger "§" value "§" must be a number',
  'The monitor\'s trigger "§" previous value "§" must be a number',
  "The monitor's actions no. § § must be given",
  "The monitor's expression is empty (character §)",
  'The monitor\'s expression needs the name of a trigger before "§"',
  'The monitor\'s expression needs the name of a trigger before "§"; one § is enough',
  'The monitor\'s expression names a trigger "§" that is not there: there is §',
  'Stellantis allows no more monitors. There are: §',
  'Stellantis allows no more channels',
  'Two cars of the account have the same short name "§": car (no. §) and Car',
  'Use §.',
]

/** For programs, files and logs of what nobody documented. */
const toPrograms = new Set([
  'driveway chain v1',
  'driveway kept files v1',
  'connack timeout',
  'another key',
  'POST token',
  'by monitor',
  'Service Unavailable',
  'application/json, application/problem+json',
  'application/hal+json, application/json, application/vnd.geo+json',
  'POST /connected-vehicle/v2/vehicles/{vin}/commands/§1',
  'Driveway #dw-§1',
  'mirror §1 topics',
  'mirror §1 orders',
  'battery in §1',
  'events in §1',
  'connected-vehicle/v2/commands command',
  'connected-vehicle/v2/commands href',
  'connected-vehicle/v2/commands invokeStatus',
  'remotes status',
  'remotes failureCause',
])
/** What a cloud said, with the words that the log has for it: for a report to us. */
const strangeAnswers =
  /^(no |not a? ?|a vehicle without|a vehicle of the list|a type of event|ahead of|neither start|nested too|a message that cannot|outside the|too )/

/** Stays as it is in every language: names, ids, examples. */
const kept = /Volvo|Stellantis|INVERS|\b(volvo|stellantis|invers|mqtt|v\d|PT[\dHM]+|[\dT:-]+Z|temperature)\b|\{.*\}/g

const english = sharedIn('en-US')
const values = (text: string) => (text.match(/__\w+?__/g) ?? []).join(' ')
const found = new Set<string>()
/** A language that has a mark for each sentence, and nothing but its values. */
const marked = Object.fromEntries(Object.entries(english.sentence).map(([id, text]) => [id, `‹${id}›${values(text)}`]))
const { ofText } = sentencesIn({ ...english, name: {}, sentence: marked, cause: {} }, english)

/** True where nothing but values is left of it in another language. */
function isKnown(text: string): boolean {
  const said = ofText(text)
  if (/\p{L}/u.test(said.replace(/‹\w+›/g, '').replace(kept, ''))) return false
  for (const [, id] of said.matchAll(/‹(\w+)›/g)) found.add(id!)
  return true
}

/** With what a sentence says only at times, and without; after what it is said of. */
function variants(text: string): string[] {
  const tails = [text.replace(/(?<=\p{L})§\d|§\d(?=\p{L})/gu, ''), text.replace(/(?<=\p{L})§\d/gu, ' (§)'), text]
  return [...new Set(tails)].flatMap((one) => [one, `§ ${one}`, `§: ${one}`])
}

const isPiece = (text: string): boolean => {
  const parts = text.split(/§\d/).map((part) => part.trim())
  return assembled.some((whole) => parts.every((part) => whole.includes(part)))
}

describe('what people are told', () => {
  it('is in the catalogue, so that it comes in every language', () => {
    for (const whole of assembled) expect(isKnown(whole), whole).to.equal(true)
    const written = writtenSentences()
    expect(written.length, 'sentences in the sources').to.be.greaterThan(400)
    const unknown = written.filter(({ text }: Written) => {
      const known = variants(text).map(isKnown)
      return !known.includes(true) && !isPiece(text) && !toPrograms.has(text) && !strangeAnswers.test(text)
    })
    expect(unknown, 'said, and not in the catalogue of the account (sentence)').to.deep.equal([])
  })

  it('is no more than that: each sentence of the catalogue is said somewhere', () => {
    const unused = Object.entries(english.sentence).filter(([id]) => !found.has(id))
    expect(unused).to.deep.equal([])
  })

  it('names commands and signals in words that every language has', () => {
    const rows: { label: string }[] = [...Object.values(commands), ...Object.values(signals), ...Object.values(operands)]
    const labels = [...new Set(rows.map(({ label }) => label))].sort()
    for (const language of ['en-US', 'de', 'fr', 'sv'])
      expect(Object.keys(sharedIn(language).name).sort(), language).to.deep.equal(labels)
    for (const [label, name] of Object.entries(english.name)) expect(name).to.equal(label)
  })

  it('names the values that a monitor may wait for in words that every language has', () => {
    const facts = (['local', 'v1', 'v4'] as const).flatMap(factsOf)
    // Numbers, such as those of gears, and a provider's codes of alerts stay as they are.
    const said = facts.filter(({ id }) => id !== 'alerts.active').flatMap(({ words = [] }) => words)
    const words = [...new Set(said.filter((word) => !/^\d+$/.test(word)))].sort()
    expect(words.length).to.be.greaterThan(150)
    for (const language of ['en-US', 'de', 'fr', 'sv'])
      expect(Object.keys(sharedIn(language).word).sort(), language).to.deep.equal(words)
    for (const [word, name] of Object.entries(english.word)) expect(name).to.equal(word)
  })

  it('names fields of the account as its dialog does', () => {
    // A car's own fields have labels of their own.
    const labels: Readonly<Record<string, string>> = { id: 'carId', slug: 'carSlug' }
    for (const language of ['en-US', 'de', 'fr', 'sv']) {
      const local = sharedIn(language)
      const said = language === 'en-US' ? (text: string) => text : sentencesIn(local, english).ofText
      for (const [field, words] of Object.entries(fieldLabels))
        expect(said(words).toLowerCase(), `${language} ${field}`).to.contain(local.label[labels[field] ?? field]!.toLowerCase())
    }
  })
})
