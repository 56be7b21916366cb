export const simulatorPage = '<!doctype html><title>Driveway simulator</title>'
