// Every test must have at least one expectation.
import { beforeEach, expect } from '@jest/globals';

beforeEach(() => expect.hasAssertions());
