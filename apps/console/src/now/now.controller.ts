import { Controller, type MessageEvent, Sse } from '@nestjs/common';
import { Observable } from 'rxjs';
import { SystemWatch } from './system-watch.js';

@Controller('api')
export class NowController {
  constructor(private readonly watch: SystemWatch) {}

  /** One message with the plots so far, then one message a second. A page takes as much when a thousand events happen. */
  @Sse('stream')
  stream(): Observable<MessageEvent> {
    return new Observable((page) => {
      page.next({ type: 'history', data: [...this.watch.history] });
      return this.watch.watch((snapshot, point) => page.next({ type: 'second', data: { snapshot, point } }));
    });
  }
}
