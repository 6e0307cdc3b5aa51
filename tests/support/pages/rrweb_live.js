// The peer live: one page records, another shows, each event is a message of its own through a relay.
const socket = new WebSocket(`ws://${location.host}/socket`)
socket.onopen = () => {
  if (location.pathname === "/page") {
    window.__start = () => rrweb.record({ emit: (event) => socket.send(JSON.stringify(event)) })
    return
  }
  // As its guide says, a second behind; or ahead of all that comes, and without what then makes it stand still.
  const atOnce = location.search !== ""
  const options = atOnce ? { useVirtualDom: false } : {}
  const replayer = (window.__replayer = new rrweb.Replayer([], { liveMode: true, root: document.body, ...options }))
  replayer.startLive(Date.now() + (atOnce ? 864e5 : -1000))
  socket.onmessage = ({ data }) => replayer.addEvent(JSON.parse(data))
  window.__ready = true
}
