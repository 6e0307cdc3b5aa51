// What customers do on the pages of the benches, and a clock that two processes of one machine share.

// performance.now of two processes is put on the wall's clock at the instant that Date.now changes, to some microseconds.
window.__wall = (() => {
  let offset = Number.POSITIVE_INFINITY
  for (let round = 0; round < 20; round++) {
    const before = Date.now()
    let now = before
    while (now === before) now = Date.now()
    offset = Math.min(offset, now - performance.now())
  }
  return () => offset + performance.now()
})()

window.__bench = (() => {
  const changed = {}
  let count = 0
  let timers = []

  const every = (ms, work) => timers.push(setInterval(work, ms))
  const stop = () => {
    for (const timer of timers) clearInterval(timer)
    timers = []
  }

  /** A number that a viewer can look for, and when it was there. */
  const mark = () => {
    const out = document.querySelector("#count")
    out.textContent = String(++count)
    changed[count] = window.__wall()
  }

  const move = (target, x, y) => {
    const at = { bubbles: true, composed: true, clientX: x, clientY: y }
    target.dispatchEvent(new PointerEvent("pointermove", { ...at, pointerType: "mouse" }))
    target.dispatchEvent(new MouseEvent("mousemove", at))
  }

  /** Somebody fills in the form: the mouse goes from field to field, 5 keys a second, a scroll now and then. */
  const fill = () => {
    const fields = [...document.querySelectorAll("form input")]
    let field = 0
    let typed = 0
    let step = 0
    fields[0].focus()
    every(33, () => {
      step = (step + 1) % 100
      if (step > 60) return
      const from = fields[field].getBoundingClientRect()
      const to = fields[(field + 1) % fields.length].getBoundingClientRect()
      const part = step / 60
      const x = from.x + 40 + (to.x - from.x) * part
      const y = from.y + 10 + (to.y - from.y) * part
      const target = document.elementFromPoint(x, y)
      if (target) move(target, x, y)
    })
    every(200, () => {
      const input = fields[field]
      input.value += "abcdefgh"[typed]
      input.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }))
      mark()
      typed = (typed + 1) % 8
      if (typed > 0) return
      input.value = ""
      input.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }))
      field = (field + 1) % fields.length
      fields[field].focus({ preventScroll: true })
    })
    every(3000, () => scrollTo(0, scrollY > 0 ? 0 : 120))
  }

  /** One mutation each 1000 / rate ms: mostly texts, some attributes, a list that gets longer above and shorter below. */
  const churn = (rate) => {
    const cells = [...document.querySelectorAll("td.price")]
    const list = document.querySelector("#news")
    let done = 0
    let due = performance.now()
    every(Math.min(20, 1000 / rate), () => {
      // A busy machine does what it owes, but not all of an hour.
      due = Math.max(due, performance.now() - 500)
      for (; due <= performance.now(); due += 1000 / rate) {
        done++
        if (done % 25 === 0) {
          const item = document.createElement("li")
          item.textContent = `Order ${done} left the warehouse`
          list.prepend(item)
          list.lastElementChild.remove()
        } else if (done % 10 === 0) {
          const row = cells[(done * 7) % cells.length].parentElement
          row.className = row.className === "up" ? "down" : "up"
        } else cells[(done * 13) % cells.length].textContent = (50 + ((done * 7919) % 10000) / 100).toFixed(2)
      }
      window.__mutations = done
    })
  }

  const table = (rows, columns) => {
    const body = document.createElement("tbody")
    for (let row = 0; row < rows; row++) {
      const line = document.createElement("tr")
      for (let column = 0; column < columns; column++) {
        const cell = document.createElement("td")
        cell.textContent = column === 0 ? String((row * 7919) % rows) : `row ${row} column ${column}`
        line.append(cell)
      }
      body.append(line, "\n")
    }
    document.querySelector("#table").append(body)
  }

  const sort = (up) => {
    const body = document.querySelector("#table tbody")
    const key = (row) => Number(row.cells[0].textContent) * (up ? 1 : -1)
    body.append(...[...body.rows].sort((a, b) => key(a) - key(b)))
  }

  return { changed, mark, every, stop, fill, churn, table, sort }
})()

/** Longest task since it was asked last, ms; tasks under 50 ms are not told by the browser and count as 0. */
window.__longest = (() => {
  let most = 0
  const take = (list) => {
    for (const { duration } of list) most = Math.max(most, duration)
  }
  const observer = new PerformanceObserver((list) => take(list.getEntries()))
  observer.observe({ type: "longtask", buffered: true })
  return () => {
    take(observer.takeRecords())
    const found = most
    most = 0
    return found
  }
})()
