export default async function people() {}
