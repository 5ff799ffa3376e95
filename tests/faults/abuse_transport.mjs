export async function transport() {}
