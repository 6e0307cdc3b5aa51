// The peer live: one page records, another shows, each event is a message of its own through a relay.
const socket = new WebSocket(`ws://${location.host}/socket`)
socket.onopen = () => {
  if (location.pathname === "/page") {
    window.__start = () => rrweb.record({ emit: (event) => socket.send(JSON.stringify(event)) })
    return
  }
  const replayer = (window.__replayer = new rrweb.Replayer([], { liveMode: true, root: document.body }))
  // A second behind, as its guide says, or ahead of all that comes.
  replayer.startLive(Date.now() + (location.search ? 864e5 : -1000))
  socket.onmessage = ({ data }) => replayer.addEvent(JSON.parse(data))
  window.__ready = true
}
