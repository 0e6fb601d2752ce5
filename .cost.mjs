import 'reflect-metadata';
const base='/work/w3/dist/';
const { definitions, run, brokenBy } = await import(base+'apps/simulation/src/campaign/one-run.js');
const { planned } = await import(base+'apps/simulation/src/schedule/schedule.js');
const { outsidePromises } = await import(base+'libs/simulation/src/index.js');
Error.stackTraceLimit=0;
const services = await definitions();
const plain=s=>({...s, later:undefined, faults:s.faults.filter(f=>f.kind!=='stop'&&f.kind!=='rolling_restart'), operations:s.operations.filter(o=>['create','capture','refund','repeat'].includes(o.kind))});
const cost={};
const measure=async(name,s)=>{const c=process.cpuUsage(); const o=await outsidePromises(()=>run(s,services)); const d=process.cpuUsage(c); const e=(cost[name]??={n:0,ms:0,events:0,st:0}); e.n++; e.ms+=(d.user+d.system)/1000; e.events+=o.events;};
for(let s=1;s<=20;s++) await outsidePromises(()=>run(planned(s),services));
for(let s=1000;s<1120;s++){const p=planned(s); const k=p.operations.length>120?'long':p.later?'leap':'small'; await measure(k,p); if(k!=='long') await measure(k+' plain',plain(p)); }
for(const [k,v] of Object.entries(cost)) console.log(k,v.n,(v.ms/v.n).toFixed(0),'ms',(v.events/v.n).toFixed(0),'events');
