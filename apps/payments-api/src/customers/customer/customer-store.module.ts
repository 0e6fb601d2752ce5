import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CustomerEntity } from './customer.entity.js';
import { CustomerRepository } from './customer.repository.js';

/** Where customers are stored, for all that belongs to one. */
@Module({
  imports: [TypeOrmModule.forFeature([CustomerEntity])],
  providers: [CustomerRepository],
  exports: [CustomerRepository],
})
export class CustomerStoreModule {}
