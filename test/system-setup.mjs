// The whole system, once for all system tests.
export default async function setUp() {}
