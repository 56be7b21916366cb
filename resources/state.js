/*
 * The state node's dialog: which groups it gives, and which of them the chosen car is known to have. Runs in the editor;
 * loaded in no certain order.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.state) return

  /** Tells the groups that are ticked in the dialog that was opened last, once the runtime has listed them. */
  let chosenGroups

  driveway.state = {
    open: (node) => {
      const box = $('#driveway-state-groups')
      const vehicle = $('#node-input-vehicle')
      const whileOpen = driveway.whileOpen(box)
      let cars = []
      let records = []
      // Groups that the chosen car, or any car, is known to have; as long as nothing is known, none is marked.
      const markGroups = () => {
        const wanted = vehicle.val().trim()
        const signals = cars
          .filter(({ id, slug }) => !wanted || id === wanted || slug === wanted)
          .flatMap((car) => car.signals || [])
        const known = new Set([...signals.map((signal) => signal.split('.')[0]), ...records])
        driveway.markAbsent(box, (group) => signals.length > 0 && !known.has(group))
      }
      driveway.vehicleField({
        onCars: (given) => {
          cars = given
          markGroups()
        },
      })
      vehicle.on('input change', markGroups)
      chosenGroups = undefined
      driveway
        .catalogue()
        .done(
          whileOpen((catalogue) => {
            records = catalogue.records.map(({ id }) => id)
            const offered = [...catalogue.groups, ...catalogue.records].map(driveway.namedGroup)
            chosenGroups = driveway.checkboxes(box, node.groups || [], offered, 'driveway-state-group')
            markGroups()
          }),
        )
        .fail(whileOpen((xhr) => box.text(driveway.reasonOf(xhr))))
    },

    save: (node) => {
      // What the runtime did not list could not be edited, so it stays.
      if (chosenGroups) node.groups = chosenGroups()
    },
  }
})()
