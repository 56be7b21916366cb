/** Ids of fleet cars: opaque, unique, and turned back into the car's number without a list. */

/** Without what is easily confused: I, O, 0, 1. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const length = 5
/** How many ids there are. */
const all = 2 ** 25
/** Odd, so that multiplying by it and by its inverse scrambles and restores 25 bits. */
const scramble = 0x9e3779b1
const restore = inverse(scramble)

/** What some ids end with: ids are opaque, and clients that put them into paths unescaped shall notice. */
const oddEndings = ['/7', ' ß', '#1', '%2F', '?x=1', '-ü', '+', '&a']
const isOdd = (index: number) => index % 101 === 50

export function fleetId(index: number): string {
  let code = (Math.imul(index, scramble) >>> 0) % all
  let text = ''
  for (let place = 0; place < length; place++) {
    text += alphabet.charAt(code % alphabet.length)
    code = Math.floor(code / alphabet.length)
  }
  return isOdd(index) ? text + (oddEndings[index % oddEndings.length] ?? '') : text
}

/** The number of the car with this id; undefined when no car can have it. */
export function fleetIndex(id: string): number | undefined {
  let code = 0
  for (let place = length - 1; place >= 0; place--) {
    const digit = alphabet.indexOf(id.charAt(place) || '?')
    if (digit < 0) return undefined
    code = code * alphabet.length + digit
  }
  const index = (Math.imul(code, restore) >>> 0) % all
  return fleetId(index) === id ? index : undefined
}

/** The number that undoes a multiplication by an odd one, in 32 bits (Newton). */
function inverse(odd: number): number {
  let guess = odd
  for (let step = 0; step < 5; step++) guess = Math.imul(guess, 2 - Math.imul(odd, guess))
  return guess >>> 0
}
