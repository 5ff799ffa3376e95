export async function text() {}
