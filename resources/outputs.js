/*
 * Outputs that come and go, without wires moving to another one. Runs in the editor.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.outputMap) return

  /**
   * Node-RED's map of outputs: old port → new port, -1 where it goes away. A key that is no number is a new port.
   * Never empty, because an empty map would mean that there are no outputs.
   */
  driveway.outputMap = (before, after) => {
    const kept = before.map((port, index) => [index, after.indexOf(port)])
    const added = after.filter((port) => !before.includes(port)).map((port) => [port, after.indexOf(port)])
    return JSON.stringify(Object.fromEntries([...kept, ...added]))
  }

  /** The last output of nodes that also send messages for an mqtt out node, and the field that goes with it. */
  driveway.mqttOut = {
    ports: ({ forMqttOut }) => ['output', ...(forMqttOut ? ['mqttOut'] : [])],

    open: (node) => {
      const before = driveway.mqttOut.ports(node)
      const update = () => {
        const forMqttOut = $('#node-input-forMqttOut').prop('checked')
        $('#driveway-mqttBase').toggle(forMqttOut)
        $('#node-input-outputs').val(driveway.outputMap(before, driveway.mqttOut.ports({ forMqttOut })))
      }
      $('#node-input-forMqttOut').on('change', update)
      update()
    },
  }
})()
