/** What somebody wrote on a command topic: nothing, a bare word, or a JSON object. */
import { z } from 'zod'
import { DrivewayError } from '../vehicle/causes'
import { isCommandId } from '../vehicle/commands'
import { readGiven } from '../vehicle/params'

export interface CommandPayload {
  id?: string
  params?: Record<string, unknown>
  /** ISO 8601. */
  expiresAt?: string
  dryRun?: boolean
}

/** Bytes. */
const largestPayload = 64 * 1024
/** Levels of JSON; no command needs half of them. */
const deepest = 16

const id = z.string().min(1).max(128)
const schema = z.strictObject({
  id: id.optional(),
  params: z.record(z.string(), z.unknown()).optional(),
  expiresAt: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-05-04T18:00:00Z' }).optional(),
  dryRun: z.boolean().optional(),
})

const utf8 = new TextDecoder('utf-8', { fatal: true })
/** Whoever writes these does not want the command to happen. */
const saysNo = /^(off|false|no|0|none|null|cancel|stop|disable|disabled)$/i

/** Throws `INVALID_PARAMS` that says what is wrong, without repeating what was sent. */
export function readPayload(command: string, payload: Buffer): CommandPayload {
  if (payload.length > largestPayload) throw invalid('The payload is longer than 64 KiB')
  const text = textOf(payload).trim()
  if (text === '') return {}
  if (!/^[[{"]/.test(text)) return readWord(command, text)
  if (depthOf(text) > deepest) throw invalid('The payload is nested too deep')
  const read = readGiven(schema, parsed(text))
  if ('value' in read) return read.value
  throw invalid(`The payload${read.where ? `: ${read.where}` : ''} ${read.why}`)
}

/** The id, where it can be read although the rest is wrong, so that the asker knows the answer. */
export function idIn(payload: Buffer): string | undefined {
  if (payload.length > largestPayload) return undefined
  try {
    const text = textOf(payload)
    const read = depthOf(text) > deepest ? undefined : (parsed(text.trim()) as { id?: unknown } | null)
    return id.safeParse(read?.id).data
  } catch {
    return undefined
  }
}

/** The bare word of a payload; empty where it is none. */
export const wordIn = (payload: Buffer): string => (payload.length <= 64 ? payload.toString('latin1').trim() : '')

/** A bare word asks for what its topic says, such as the `PRESS` of a button. */
function readWord(command: string, word: string): CommandPayload {
  if (!/^[\p{L}\p{N}_.-]{1,64}$/u.test(word)) throw invalid('The payload is neither a word nor a JSON object')
  if (saysNo.test(word) && word.toLowerCase() !== command) throw invalid('The payload is a word that says no')
  if (isCommandId(word.toLowerCase()) && word.toLowerCase() !== command)
    throw invalid('The payload names another command than the topic')
  return {}
}

function textOf(payload: Buffer): string {
  let text: string
  try {
    text = utf8.decode(payload)
  } catch {
    throw invalid('The payload is no text')
  }
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000e-\u001f\u007f]/.test(text)) throw invalid('The payload is no text')
  return text
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw invalid('The payload is not valid JSON')
  }
}

/** How deep brackets are nested, outside of texts. */
function depthOf(text: string): number {
  let [depth, most, quoted] = [0, 0, false]
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (quoted && letter === '\\') at++
    else if (letter === '"') quoted = !quoted
    else if (quoted) continue
    else if (letter === '[' || letter === '{') most = Math.max(most, ++depth)
    else if (letter === ']' || letter === '}') depth--
  }
  return most
}

const invalid = (message: string): DrivewayError =>
  new DrivewayError({ code: 'INVALID_PARAMS', message, action: 'Check what is sent to the command topic.' })
