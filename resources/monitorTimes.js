/*
 * A monitor's time trigger in the dialog: intervals of the day, or once. Runs in the editor; loaded in no certain order.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.monitorTimes) return

  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
  const aDay = 1440
  const two = (number) => String(number).padStart(2, '0')

  /** Minutes of an ISO 8601 duration of days, hours and minutes; undefined where it has other parts. */
  const minutesOf = (duration) => {
    const found = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration || '')
    return found ? Number(found[1] || 0) * aDay + Number(found[2] || 0) * 60 + Number(found[3] || 0) : undefined
  }
  const durationOf = (minutes) => {
    const hours = Math.floor(minutes / 60)
    return `PT${hours || minutes === 0 ? `${hours}H` : ''}${minutes % 60 ? `${minutes % 60}M` : ''}`
  }

  const clockOf = (minutes) => `${two(Math.floor((minutes % aDay) / 60))}:${two(minutes % 60)}`
  const ofClock = (text) => (/^\d\d:\d\d/.test(text) ? Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5)) : undefined)

  /** An instant as the browser's field for date and time wants it, in this browser's zone. */
  const localOf = (time) => {
    const date = new Date(time)
    if (isNaN(date)) return ''
    const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
    return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
  }

  const listed = (text) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean)

  /** Each day, or on some days and weeks. Gives what reads the fields. */
  function daily(place, entry) {
    const { say, input, word, line, boxes } = driveway.monitorParts
    const start = minutesOf(entry.start)
    const length = minutesOf(entry.duration)
    const { day = [], week = [] } = entry.occurrence || {}
    const from = input(say('time.from'), clockOf(start === undefined ? 22 * 60 : start), { type: 'time' })
    const to = input(say('time.to'), clockOf(start === undefined ? 6 * 60 : start + (length || 0)), { type: 'time' })
    const [weekdays, chosen] = boxes(
      say('time.days'),
      days.map((one) => [one, say(`day.${one}`)]),
      day.length ? day : days,
    )
    const weeks = input(say('time.weeks'), week.join(', '), { class: 'driveway-text', placeholder: say('placeholder.weeks') })
    driveway.judgeField(
      weeks,
      driveway.check.parts((text) =>
        listed(text).every((one) => /^w\d{1,2}(-w\d{1,2})?$/.test(one)) ? [] : [say('check.weeks')],
      ),
    )
    place.append(
      line(word(say('time.from')), from, word(say('time.to')), to),
      line(weekdays),
      line(word(say('time.weeks')), weeks),
    )
    return () => {
      const begin = ofClock(from.val())
      const end = ofClock(to.val())
      const isWhole = begin !== undefined && end !== undefined
      const occurrence = {
        ...(chosen().length < days.length && { day: chosen() }),
        ...(listed(weeks.val()).length && { week: listed(weeks.val()) }),
      }
      return {
        recurrence: 'Daily',
        start: isWhole ? durationOf(begin) : '',
        // From eight to eight is a whole day.
        duration: isWhole ? durationOf((end - begin + aDay) % aDay || aDay) : '',
        ...(Object.keys(occurrence).length && { occurrence }),
      }
    }
  }

  /** From one moment to another, or with no end. */
  function once(place, entry) {
    const { say, input, word, line } = driveway.monitorParts
    const length = minutesOf(entry.duration)
    const start = localOf(entry.start)
    const end = start && length !== undefined ? localOf(new Date(entry.start).getTime() + length * 60_000) : ''
    const from = input(say('time.from'), start, { type: 'datetime-local' })
    const to = input(say('time.to'), end, { type: 'datetime-local' })
    place.append(line(word(say('time.from')), from), line(word(say('time.to')), to, word(say('time.open'))))
    return () => {
      // As it was, with its own offset and seconds.
      if (entry.start && from.val() === start && to.val() === end) return { ...entry }
      const begin = new Date(from.val())
      const minutes = Math.round((new Date(to.val()) - begin) / 60_000)
      return {
        recurrence: 'None',
        start: isNaN(begin) ? '' : begin.toISOString(),
        ...(!isNaN(minutes) && { duration: minutes > 0 ? durationOf(minutes) : '' }),
      }
    }
  }

  function interval(entry, changed, remove) {
    const { say, select, line, button } = driveway.monitorParts
    const kinds = [
      ['Daily', say('time.daily')],
      ['None', say('time.once')],
    ]
    const recurrence = select(say('time.recurrence'), kinds, entry.recurrence === 'None' ? 'None' : 'Daily')
    const place = $('<div>')
    const box = $('<div>', { class: 'driveway-interval' })
    let read
    const show = (given) => {
      place.empty()
      read = (recurrence.val() === 'None' ? once : daily)(place, given)
    }
    recurrence.on('change', () => {
      show({})
      changed()
    })
    box
      .append(
        line(
          recurrence,
          button(say('button.removeTime'), 'fa-times', () => remove(box)),
        ),
        place,
      )
      .data('read', () => read())
    show(entry)
    return box
  }

  driveway.monitorTimes = {
    minutesOf,
    durationOf,

    /** Shows a time trigger in `body`; gives what reads it. `next()` gives a number that nobody else has. */
    open: (body, trigger, { changed, next }) => {
      const { say, input, word, line, button } = driveway.monitorParts
      const list = $('<div>')
      const remove = (box) => {
        if (list.children().length > 1) box.remove()
        changed()
      }
      const add = (entry) => list.append(interval(entry, changed, remove))
      for (const entry of trigger.times && trigger.times.length ? trigger.times : [{}]) add(entry)
      const another = button(say('button.addTime'), 'fa-plus', () => {
        add({})
        changed()
      })
      const zones = Intl.supportedValuesOf ? Intl.supportedValuesOf('timeZone') : []
      const listId = `driveway-monitor-zones-${next()}`
      // A trigger that names none has the usual one, wherever this browser is; a new one has the browser's.
      const named = trigger.times ? trigger.timeZone : Intl.DateTimeFormat().resolvedOptions().timeZone
      const zone = input(say('time.zone'), named, { class: 'driveway-text', list: listId, placeholder: 'Europe/Paris' })
      const known = $('<datalist>', { id: listId }).append(zones.map((value) => $('<option>', { value })))
      body.append(
        list,
        line(another, word(say('time.zone')), zone, known),
        $('<div>', { class: 'driveway-trigger-told' }).text(say('tip.time')),
      )
      return () => ({
        times: list
          .children()
          .toArray()
          .map((box) => $(box).data('read')()),
        ...(zone.val().trim() && { timeZone: zone.val().trim() }),
      })
    },
  }
})()
