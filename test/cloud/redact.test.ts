import { expect } from 'chai'
import { Redactor } from '../../src/cloud/redact'

describe('Taking secrets out of text', () => {
  const secret = 'p&ss w"rd/é1'
  const redactor = new Redactor()
  redactor.add(secret)
  redactor.add('client-secret-9')
  redactor.add(undefined)
  redactor.add('abc')

  const leaks: Record<string, [text: string, hidden: string]> = {
    'as it is': [`it was ${secret}!`, secret],
    'URL-encoded': [`x?k=1&p=${encodeURIComponent(secret)}`, encodeURIComponent(secret)],
    'form-encoded': [new URLSearchParams({ p: secret }).toString(), 'w%22rd'],
    'inside JSON': [JSON.stringify({ a: secret }), 'w\\"rd'],
    'in Basic credentials': [
      `x ${Buffer.from('someId:client-secret-9').toString('base64')} y`,
      Buffer.from('someId:client').toString('base64').slice(0, 12),
    ],
    'an unknown bearer token': ['authorization: Bearer abc.DEF-123', 'DEF-123'],
    'a JWT on its own': ['token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2ln.', 'eyJzdWIi'],
    'a vehicle number': ['car YV1XZEFVXP2000001 is asleep', 'YV1XZEFVXP2000001'],
    'a vehicle number in a path': ['/vehicles/yv1xzefvxp2000001/doors', 'yv1xzefvxp2000001'],
    'a vehicle number in an encoded path': ['%2Fvehicles%2FYV1XZEFVXP2000001%2Fdoors', 'YV1XZEFVXP2000001'],
    'the demo car': ['LPSEFAVS2NPOLDEMO', 'LPSEFAVS2NPOLDEMO'],
    'an e-mail address': ['user anna.b+car@mail.example.com failed', 'anna.b'],
    'an encoded e-mail address': ['user=anna%40example.com', 'anna'],
    'the code of a redirect': ['/callback?code=a1b2-c3&state=s9', 'a1b2-c3'],
    'the state of a redirect': ['/callback?code=a1b2-c3&state=s9', 's9'],
    'a token in a query': ['?access_token=t0ken.x&a=1', 't0ken.x'],
    'a token in JSON': ['{"refresh_token": "r\\"1-zz"}', '1-zz'],
    'a position in JSON': ['{"latitude":57.70887,"longitude":-11.9}', '57.70'],
  }
  for (const [what, [text, hidden]] of Object.entries(leaks)) {
    it(`hides ${what}`, () => {
      expect(text, 'the case is not empty').to.contain(hidden)
      expect(redactor.clean(text)).not.to.contain(hidden)
      expect(redactor.clean(text)).to.contain('***')
    })
  }

  it('leaves ordinary words as they are', () => {
    for (const text of [
      "Volvo: today's 10,000 calls are used up; back at 02:00 (in 3 h)",
      'abc',
      'GET /vehicles/{vin}/doors 200 in 12 ms',
      'operationId 550e8400-e29b-41d4-a716-446655440000',
      '2026-03-02T12:00:00.000Z',
      'invalid_grant',
      'internationalised',
      '12345678901234567',
    ])
      expect(redactor.clean(text)).to.equal(text)
  })

  it('never forgets the first secrets, though tokens rotate for years', () => {
    const many = new Redactor()
    many.add('first-secret')
    for (let n = 0; n < 5000; n++) many.add(`rotated-${n}-`)
    expect(many.clean('first-secret rotated-4999- rotated-40-')).to.equal('*** *** rotated-40-')
  })

  it('stays fast on long text', function () {
    this.timeout(2000)
    redactor.clean('a'.repeat(300_000))
    redactor.clean('a.@'.repeat(50_000))
    redactor.clean('"token":"'.repeat(20_000))
    redactor.clean('a_code='.repeat(20_000))
  })
})
