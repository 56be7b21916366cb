import { expect } from 'chai'
import { dialogs, everyDialog, openDialog } from './everyDialog'
import { editorSuite } from './suite'

/** Rows of a list that lack something are wrong, and get blanks for it. */
const halfFilled = ['account-stellantis-wrong', 'broker-places']

describe('a dialog that is opened and ended with Done', function () {
  this.timeout(120_000)
  const suite = editorSuite(() => ({ flows: everyDialog }))

  /** What an earlier version left out may be filled in; what was there stays. */
  const given = (fields: readonly string[], id: string) =>
    suite.editor.page.evaluate<Record<string, unknown>>(
      `Object.fromEntries(${JSON.stringify(fields)}.map((key) => [key, RED.nodes.node('${id}')[key]]))`,
    )

  it('changes nothing of what the node was told', async () => {
    const { editor } = suite
    for (const dialog of dialogs.filter(({ id }) => !halfFilled.includes(id as string))) {
      const { id, ...rest } = dialog as { id: string }
      const fields = Object.keys(rest).filter((key) => !['type', 'wires', 'x', 'y', 'z'].includes(key))
      const before = await given(fields, id)
      // The second time the lists are known when the dialog opens.
      for (let times = 0; times < 2; times++) {
        await openDialog(editor, dialog)
        await editor.leave('ok')
      }
      expect(await given(fields, id), id).to.deep.equal(before)
    }
    expect(editor.errors).to.deep.equal([])
  })

  it('keeps a value too many, which is said to be one', async () => {
    const reasons = "RED.nodes.node('monitor-several').validationErrors.join('\\n')"
    expect(await suite.editor.page.evaluate<string>(reasons)).to.match(/the trigger "c" needs exactly one value$/)
  })
})
