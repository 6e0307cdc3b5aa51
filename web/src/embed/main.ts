console.debug("Deskside")
