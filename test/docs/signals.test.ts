import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { signalsFile, signalsPage } from './signalsPage'

describe('the table of signals', () => {
  it('is what the catalogue says now (npm run docs)', () => {
    expect(readFileSync(signalsFile, 'utf8')).to.equal(signalsPage())
  })
})
