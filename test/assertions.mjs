// Before every test: one that comes to its end without having expected anything has shown nothing.
import { beforeEach, expect } from '@jest/globals';

beforeEach(() => expect.hasAssertions());
