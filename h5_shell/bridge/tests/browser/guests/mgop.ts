import mgop from '@aligov/jssdk-mgop'

Object.assign(window, { mgop })
