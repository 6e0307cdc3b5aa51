import { View } from "./view"

/** One page around us is listened to, once: the console, whose origin the server wrote into this document. */
function listen(): void {
  const console_ = document.body.dataset.console ?? ""
  const hear = (event: MessageEvent): void => {
    const [port] = event.ports
    if (event.source !== window.parent || event.origin !== console_ || !port || event.data?.type !== "deskside.view")
      return
    removeEventListener("message", hear)
    new View(port)
  }
  addEventListener("message", hear)
}

listen()
