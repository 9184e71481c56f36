export { shop } from './boot/shop-system.ts';
export { type InstallOptions, installMissing } from './store/install.ts';
