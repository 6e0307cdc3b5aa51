// Shows nothing yet.
export {}
